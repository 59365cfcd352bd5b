#!/bin/bash

(sleep 1; echo late > late.txt) & exit 0
