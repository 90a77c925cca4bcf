// Internal header. Bytes and outcomes between gRPC's types and ours.
#pragma once

#include <string>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include "cluster/network/network.h"

namespace nano::cluster {

/// Long ones are not copied: the buffer takes the string over.
grpc::ByteBuffer to_buffer(std::string bytes);
/// In one piece; copies only what came in several. Empty if `buffer` holds nothing.
grpc::Slice to_slice(const grpc::ByteBuffer& buffer);
/// Valid while `slice` stays where it is: short ones lie inside it.
inline std::string_view view(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

/// How a call or stream that failed is told to the logic; not for OK.
NetworkError to_error(const grpc::Status& status);
/// How an error of the logic is told to the other side.
grpc::Status to_status(const NetworkError& error);

}  // namespace nano::cluster
