#include "nano/session/inflate.h"

#include <array>
#include <zlib.h>

namespace nano {

InflateStatus inflate_payload(protocol::ByteView input, std::size_t bytes_max, std::string& out) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return InflateStatus::not_deflated;
  struct End {
    z_stream& stream;
    ~End() { inflateEnd(&stream); }
  } end{stream};

  out.clear();
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

}  // namespace nano
