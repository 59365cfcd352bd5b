#!/bin/bash

cat /tmp/maestro-golden/hello/say-hello/GREETING.Ciao.NAME.Jim/hello.txt
echo "Bye, Jim!" > bye.txt

