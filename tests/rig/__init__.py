"""The rig that proves delivery: real processes, real kills, stand-ins whose logs are the judge.

`clock` a fast clock shared by all processes of a run · `launcher` starts bots by fork and tells
how they ended · `child` one bot in that process · `failpoints` where it may be killed · `mutants`
faults in our own code that the rig must notice · `world` publisher, platforms, judge.
"""
