#!/bin/bash

echo "Ciao, Jim!" > hello.txt

