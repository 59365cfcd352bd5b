#!/bin/bash

sleep 30
