// Stands for the handler's bundle in templates: tests of the construct need no build.
