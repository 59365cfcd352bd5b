#!/bin/bash
#SBATCH --nodes=1
#SBATCH --partition=debug
#SBATCH --account=proj_a
#SBATCH --time=00:05:00
#SBATCH --job-name="runs"
#SBATCH --output="runs.%j.out"
#SBATCH --error="runs.%j.err"
#SBATCH --comment="Ends well."

srun -n 1 -N 1 hostname
