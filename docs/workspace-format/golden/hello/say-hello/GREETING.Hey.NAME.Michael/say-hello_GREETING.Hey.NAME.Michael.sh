#!/bin/bash

echo "Hey, Michael!" > hello.txt

