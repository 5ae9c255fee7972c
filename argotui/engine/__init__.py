"""The pure state machine: events in, commands and changes out. No I/O, no clock, no dice."""
