//! Where guidegen touches the world: disk, git, terminal.
