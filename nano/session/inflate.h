// Internal header. Payloads that pomelo and Pitaya clients compress (bit 4 of a message's flags).
#pragma once

#include <cstddef>
#include <string>

#include "protocol/bytes.h"

namespace nano {

enum class InflateStatus {
  ok,
  not_deflated,  ///< no whole zlib stream: some clients set the bit without compressing
  too_large,     ///< inflates to more than the limit
};

/// Inflates one zlib stream (RFC 1950) into `out`. Memory stays below `bytes_max` whatever the input. Any
/// thread.
InflateStatus inflate_payload(protocol::ByteView input, std::size_t bytes_max, std::string& out);

}  // namespace nano
