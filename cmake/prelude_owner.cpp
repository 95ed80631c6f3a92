// Gives the parsed headers of the tests a target: CMake makes them for files that start from them, and `tests/main.cpp` does not.
