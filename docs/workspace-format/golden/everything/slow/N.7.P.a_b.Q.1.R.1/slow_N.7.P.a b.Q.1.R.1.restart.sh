#!/bin/bash

echo restarted
