#!/bin/bash

echo "3" > /tmp/maestro-golden/life/simulate/N.3/result
