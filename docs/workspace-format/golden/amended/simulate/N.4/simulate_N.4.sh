#!/bin/bash

echo "4" > /tmp/maestro-golden/life/simulate/N.4/result
