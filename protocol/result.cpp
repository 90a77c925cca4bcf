#include "protocol/result.h"

#include <stdexcept>

namespace nano::protocol::detail {

void value_of_error(const Error& error) {
  throw std::logic_error("Result::value() was called on an error: " + error.code + ": " + error.message);
}

}  // namespace nano::protocol::detail
