#!/bin/bash

cat /tmp/maestro-golden/life/simulate/N.4/result
