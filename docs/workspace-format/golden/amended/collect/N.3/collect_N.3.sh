#!/bin/bash

cat /tmp/maestro-golden/life/simulate/N.3/result
