//! Reports of runs that follow each other.
