// Public header. Result<T>, Error and Errc: how all of Nano says that something expected went wrong.
#pragma once

#include "protocol/result.h"

namespace nano {

using protocol::Errc;
using protocol::Error;
using protocol::Result;

}  // namespace nano
