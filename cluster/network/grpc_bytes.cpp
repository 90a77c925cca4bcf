#include "cluster/network/grpc_bytes.h"

#include <cstddef>
#include <utility>

#include "cluster/network/grpc_order.h"
#include "cluster/network/limits.h"

namespace nano::cluster {
namespace {

void free_holder(void* holder) {
  tell_after(holder);
  delete static_cast<std::string*>(holder);
}

}  // namespace

grpc::ByteBuffer to_buffer(std::string bytes) {
  if (bytes.size() <= limits::grpc_copied_bytes) {
    const grpc::Slice slice{bytes.data(), bytes.size()};
    return grpc::ByteBuffer{&slice, 1};
  }
  auto* holder = new std::string(std::move(bytes));
  const grpc::Slice slice{holder->data(), holder->size(), &free_holder, holder};
  tell_before(holder);
  return grpc::ByteBuffer{&slice, 1};
}

grpc::Slice to_slice(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.Valid() || buffer.TrySingleSlice(&slice).ok()) return slice;
  (void)buffer.DumpToSingleSlice(&slice);
  return slice;
}

NetworkError to_error(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      // gRPC hands on the words of the system's error, and nothing else of it.
      if (status.error_message().ends_with("Connection refused")) {
        return {NetworkErrc::nobody_listens, status.error_message()};
      }
      return {NetworkErrc::unreachable, status.error_message()};
    case grpc::StatusCode::CANCELLED:  // by the other side's gRPC, when it gave the call up
      return {NetworkErrc::unreachable, status.error_message()};
    case grpc::StatusCode::DEADLINE_EXCEEDED: return {NetworkErrc::timeout, status.error_message()};
    case grpc::StatusCode::UNIMPLEMENTED: return {NetworkErrc::unimplemented, status.error_message()};
    default: return {NetworkErrc::refused, status.error_message()};
  }
}

grpc::Status to_status(const NetworkError& error) {
  switch (error.code) {
    case NetworkErrc::unreachable:
    case NetworkErrc::nobody_listens: return {grpc::StatusCode::UNAVAILABLE, error.message};
    case NetworkErrc::timeout: return {grpc::StatusCode::DEADLINE_EXCEEDED, error.message};
    case NetworkErrc::unimplemented: return {grpc::StatusCode::UNIMPLEMENTED, error.message};
    case NetworkErrc::refused: break;
  }
  return {grpc::StatusCode::UNKNOWN, error.message};  // what Go's servers answer for plain errors
}

}  // namespace nano::cluster
