//! How the planner means to find what the hot reads ask for.
