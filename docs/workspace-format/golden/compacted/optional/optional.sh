#!/bin/bash

echo broken >&2; exit 4
