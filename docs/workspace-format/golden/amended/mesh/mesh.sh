#!/bin/bash

until [ -e /tmp/maestro-golden/studies/go ]; do sleep 0.05; done
