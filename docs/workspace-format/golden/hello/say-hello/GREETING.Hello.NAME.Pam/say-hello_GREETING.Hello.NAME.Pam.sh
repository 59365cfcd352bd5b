#!/bin/bash

echo "Hello, Pam!" > hello.txt

