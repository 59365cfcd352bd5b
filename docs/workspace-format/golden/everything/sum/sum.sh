#!/bin/bash

cat /tmp/maestro-golden/everything/mesh/*/out_*.txt
