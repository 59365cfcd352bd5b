#!/bin/bash
#SBATCH --nodes=1
#SBATCH --partition=debug
#SBATCH --account=proj_a
#SBATCH --job-name="refused"
#SBATCH --output="refused.%j.out"
#SBATCH --error="refused.%j.err"
#SBATCH --comment="Names a reservation that there is not."
#SBATCH --reservation="no-such-reservation"

true
