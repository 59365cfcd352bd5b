#!/bin/bash

cat /tmp/maestro-golden/hello/say-hello/GREETING.Hi.NAME.Dwight/hello.txt
echo "Bye, Dwight!" > bye.txt

