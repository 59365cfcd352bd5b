"""Slurm, through `sbatch`, `squeue`, `sacct` and `scancel`; from 20.02 on."""
