#!/bin/bash

cat /tmp/maestro-golden/life/simulate/N.2/result
