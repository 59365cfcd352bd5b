#!/bin/bash
#SBATCH --nodes=1
#SBATCH --partition=debug
#SBATCH --account=proj_a
#SBATCH --job-name="waits"
#SBATCH --output="waits.%j.out"
#SBATCH --error="waits.%j.err"
#SBATCH --comment="May not begin before tomorrow."
#SBATCH --begin=now+1day

true
