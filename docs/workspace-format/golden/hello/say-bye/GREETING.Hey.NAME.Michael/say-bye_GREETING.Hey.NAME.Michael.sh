#!/bin/bash

cat /tmp/maestro-golden/hello/say-hello/GREETING.Hey.NAME.Michael/hello.txt
echo "Bye, Michael!" > bye.txt

