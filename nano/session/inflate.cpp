#include "nano/session/inflate.h"

#include <algorithm>
#include <array>
#include <zlib.h>

namespace nano {

/// RFC 1950, section 2.2: the method, deflate, with a window of up to 32 KiB, and a check of both bytes.
bool begins_deflated(protocol::ByteView payload) {
  return payload.size() >= 2 && (payload[0] & 0x0f) == 8 && payload[0] >> 4 <= 7 &&
         (payload[0] << 8 | payload[1]) % 31 == 0;
}

InflateStatus inflate_payload(protocol::ByteView input, std::size_t bytes_max, std::string& out) {
  z_stream stream{};
  out.clear();
  if (inflateInit(&stream) != Z_OK) return InflateStatus::not_deflated;
  struct End {
    z_stream& stream;
    ~End() { inflateEnd(&stream); }
  } end{stream};

  std::array<unsigned char, 4096> chunk;
  stream.next_in = const_cast<Bytef*>(input.data());  // zlib reads it only
  stream.avail_in = static_cast<uInt>(input.size());
  for (;;) {
    stream.next_out = chunk.data();
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return InflateStatus::not_deflated;
    const std::size_t produced = chunk.size() - stream.avail_out;
    if (out.size() + produced > bytes_max) return InflateStatus::too_large;
    out.append(reinterpret_cast<const char*>(chunk.data()), produced);
    if (status == Z_STREAM_END) return stream.avail_in == 0 ? InflateStatus::ok : InflateStatus::not_deflated;
  }
}

void InboundPayload::inflate() {
  deflated_ = false;
  switch (inflate_payload(bytes_, bytes_max_, inflated_)) {
    case InflateStatus::ok: bytes_ = protocol::as_bytes(inflated_); break;
    case InflateStatus::not_deflated: break;  // taken as it is
    case InflateStatus::too_large:
      too_large_ = true;
      bytes_ = {};
      break;
  }
}

}  // namespace nano
