// In place of the theme's, whose name changes with it.
