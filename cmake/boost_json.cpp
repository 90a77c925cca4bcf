// Compiles Boost.JSON once; every other file includes its declarations only.
#include <boost/json/src.hpp>
