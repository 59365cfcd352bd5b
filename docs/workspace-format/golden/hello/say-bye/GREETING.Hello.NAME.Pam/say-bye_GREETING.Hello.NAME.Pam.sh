#!/bin/bash

cat /tmp/maestro-golden/hello/say-hello/GREETING.Hello.NAME.Pam/hello.txt
echo "Bye, Pam!" > bye.txt

