#include "nano/websocket/deflate.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>
#include <zlib.h>

#include "nano/base/limits.h"

namespace nano {
namespace {

/// What a compressor writes behind each message, and what is not sent (RFC 7692, section 7.2.1).
constexpr std::array<std::uint8_t, 4> trailer{0x00, 0x00, 0xff, 0xff};

/// Raw deflate, the window the largest.
constexpr int window_bits = -15;
/// Without a context, each message clears the compressor's tables: the smaller they are, the less that takes.
/// The fastest level finds nearly as much in messages of some KiB.
constexpr int level = 1;
constexpr int memory_level = 6;

/// What an inflater keeps between messages.
constexpr std::size_t inflated_kept_bytes = std::size_t{16} << 10;

}  // namespace

// -- to clients ---------------------------------------------------------------------------------------------

struct WebSocketDeflater::Stream {
  z_stream z{};
  bool ready = deflateInit2(&z, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
  std::vector<std::uint8_t> out = std::vector<std::uint8_t>(limits::websocket_deflate_bytes_max);

  ~Stream() {
    if (ready) deflateEnd(&z);
  }
};

WebSocketDeflater::WebSocketDeflater() = default;
WebSocketDeflater::~WebSocketDeflater() = default;

void WebSocketDeflater::prepare(const Frame& frame) {
  const std::span<const std::uint8_t> packet = frame.packet();
  if (packet.size() < limits::websocket_deflate_bytes_min) return;
  if (packet.size() > limits::websocket_deflate_bytes_max || frame.has_tried_deflate()) return;
  frame.keep_deflated(compress(packet));
}

/// Empty: it becomes no smaller.
std::span<const std::uint8_t> WebSocketDeflater::compress(std::span<const std::uint8_t> packet) {
  if (!stream_) stream_ = std::make_unique<Stream>();
  z_stream& z = stream_->z;
  if (!stream_->ready || deflateReset(&z) != Z_OK) return {};
  z.next_in = const_cast<Bytef*>(packet.data());  // zlib reads it only
  z.avail_in = static_cast<uInt>(packet.size());
  z.next_out = stream_->out.data();
  z.avail_out = static_cast<uInt>(packet.size());
  if (deflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in > 0 || z.avail_out == 0) return {};
  const std::size_t written = packet.size() - z.avail_out;
  return std::span{stream_->out}.first(written - trailer.size());
}

// -- from clients -------------------------------------------------------------------------------------------

struct WebSocketInflater::Stream {
  z_stream z{};
  bool ready = inflateInit2(&z, window_bits) == Z_OK;

  ~Stream() {
    if (ready) inflateEnd(&z);
  }
  /// The output stands where a block has ended.
  bool between_blocks() const { return (z.data_type & 128) != 0; }
};

WebSocketInflater::WebSocketInflater(const Clock& clock, std::shared_ptr<InflateBudget> budget)
    : clock_(clock), budget_(std::move(budget)) {}
WebSocketInflater::~WebSocketInflater() = default;

WebSocketInflater::Status WebSocketInflater::inflate(std::span<const std::uint8_t> message,
                                                     std::size_t bytes_max) {
  if (!stream_) stream_ = std::make_unique<Stream>();
  out_.clear();
  if (!stream_->ready || inflateReset(&stream_->z) != Z_OK) return Status::out_of_memory;
  const TimePoint now = clock_.coarse_now();
  const std::size_t allowed = budget_->allowed(now, message.size(), bytes_max);
  Status status = append(message, allowed);
  if (status == Status::ok) status = append(trailer, allowed);
  budget_->spend(now, message.size(), out_.size());
  if (status == Status::ok && !stream_->between_blocks()) return Status::malformed;
  return status == Status::too_large && allowed < bytes_max ? Status::over_budget : status;
}

WebSocketInflater::Status WebSocketInflater::append(std::span<const std::uint8_t> input,
                                                    std::size_t bytes_max) {
  z_stream& z = stream_->z;
  std::array<std::uint8_t, 4096> chunk;
  z.next_in = const_cast<Bytef*>(input.data());  // zlib reads it only
  z.avail_in = static_cast<uInt>(input.size());
  do {
    z.next_out = chunk.data();
    z.avail_out = static_cast<uInt>(chunk.size());
    const int status = ::inflate(&z, Z_SYNC_FLUSH);
    const std::size_t produced = chunk.size() - z.avail_out;
    if (out_.size() + produced > bytes_max) return Status::too_large;
    out_.append(reinterpret_cast<const char*>(chunk.data()), produced);
    if (status == Z_BUF_ERROR) return Status::ok;  // nothing more comes of what there is
    if (status != Z_OK && status != Z_STREAM_END) return Status::malformed;
    // A block may say that it is the last (section 7.2.3.4): what follows begins anew.
    if (status == Z_STREAM_END) inflateReset(&z);
  } while (z.avail_in > 0 || z.avail_out == 0);
  return Status::ok;
}

void WebSocketInflater::release_memory() {
  out_.clear();
  if (out_.capacity() > inflated_kept_bytes) out_.shrink_to_fit();
}

}  // namespace nano
