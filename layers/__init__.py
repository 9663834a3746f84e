"""The layers of the application: which components a stack's settings call for, and with what.

`__main__` lays one on the other. Settings go no further than here: a component gets the values that it needs.
"""
