#!/bin/bash

[ -e tried ] || { touch tried; exit 75; }
echo fast "c,d" 2.5 1 7 > out_P.c,d.txt

