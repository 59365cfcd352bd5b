#!/bin/bash

echo "Hi, Dwight!" > hello.txt

