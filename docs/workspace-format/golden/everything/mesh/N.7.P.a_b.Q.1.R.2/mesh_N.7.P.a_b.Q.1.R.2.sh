#!/bin/bash

[ -e tried ] || { touch tried; exit 75; }
echo fast "a b" 1 2 7 > out_P.a b.txt

