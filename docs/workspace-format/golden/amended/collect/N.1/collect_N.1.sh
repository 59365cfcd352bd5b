#!/bin/bash

cat /tmp/maestro-golden/life/simulate/N.1/result
