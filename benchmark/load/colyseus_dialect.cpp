#include "benchmark/load/colyseus_dialect.h"

#include <array>
#include <cstring>

#include "benchmark/load/http_post.h"

namespace nano::benchmark {
namespace {

using protocol::ByteView;

namespace code {  // the first byte of each message
constexpr std::uint8_t join_room = 10;
constexpr std::uint8_t error = 11;
constexpr std::uint8_t leave_room = 12;
constexpr std::uint8_t room_data = 13;
constexpr std::uint8_t room_data_bytes = 17;
constexpr std::uint8_t ping = 18;
constexpr std::uint8_t room_request = 21;
constexpr std::uint8_t room_response = 22;
}  // namespace code

constexpr std::uint8_t status_ok = 0;
constexpr std::size_t route_bytes_max = 255;
constexpr std::size_t head_bytes_max = 1 + 5 + 2 + route_bytes_max + 5;

/// The bytes before the payload: code, id, route, and the payload's header in MessagePack.
class Head {
 public:
  explicit Head(std::uint8_t first) { put(first); }

  void put(std::uint8_t byte) { bytes_[size_++] = byte; }

  /// As @colyseus/schema writes it; below 2^32.
  void put_number(std::uint64_t value) {
    if (value < 0x80) return put(static_cast<std::uint8_t>(value));
    const int count = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
    put(count == 1 ? 0xcc : count == 2 ? 0xcd : 0xce);
    for (int i = 0; i < count; ++i) put(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  void put_route(std::string_view route) {
    if (route.empty() || route.size() > route_bytes_max) {
      throw DialectError("the types of messages of Colyseus are taken to have 1 to 255 bytes");
    }
    if (route.size() < 0x20) {
      put(static_cast<std::uint8_t>(0xa0 | route.size()));
    } else {
      put(0xd9);
      put(static_cast<std::uint8_t>(route.size()));
    }
    std::memcpy(bytes_.data() + size_, route.data(), route.size());
    size_ += route.size();
  }

  /// MessagePack's header of `count` bytes.
  void put_binary_header(std::size_t count) {
    const int length_bytes = count < 0x100 ? 1 : count < 0x10000 ? 2 : 4;
    put(length_bytes == 1 ? 0xc4 : length_bytes == 2 ? 0xc5 : 0xc6);
    for (int i = length_bytes - 1; i >= 0; --i) put(static_cast<std::uint8_t>(count >> (8 * i)));
  }

  void write_with(ByteView payload, OutputBuffer& out) const {
    ClientFrame frame{out, opcode::binary, size_ + payload.size()};
    std::memcpy(frame.payload(), bytes_.data(), size_);
    if (!payload.empty()) std::memcpy(frame.payload() + size_, payload.data(), payload.size());
    frame.finish();
  }

 private:
  std::array<std::uint8_t, head_bytes_max> bytes_;
  std::size_t size_ = 0;
};

/// Takes a message apart from the front. Throws DialectError where it is cut or of another form.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  ByteView take(std::size_t count) {
    if (count > bytes_.size()) throw DialectError("the server sent a message that is cut");
    const ByteView taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

  std::uint8_t byte() { return take(1)[0]; }

  std::uint64_t number() {
    const std::uint8_t first = byte();
    if (first < 0x80) return first;
    if (first < 0xcc || first > 0xce) throw DialectError("the server sent an id that is no whole number");
    std::uint64_t value = 0;
    int shift = 0;
    for (const std::uint8_t part : take(std::size_t{1} << (first - 0xcc))) {
      value |= std::uint64_t{part} << shift;
      shift += 8;
    }
    return value;
  }

  std::string_view route() {
    const std::uint8_t first = byte();
    if (first >= 0xa0 && first < 0xc0) return protocol::as_text(take(first & 0x1f));
    if (first == 0xd9) return protocol::as_text(take(byte()));
    throw DialectError("the server sent a message whose type is no text");
  }

  /// What a Buffer became; nothing at all is no bytes.
  ByteView binary() {
    if (bytes_.empty()) return {};
    const std::uint8_t first = byte();
    if (first < 0xc4 || first > 0xc6) throw DialectError("the server sent a payload that is no bytes");
    std::size_t count = 0;
    for (const std::uint8_t part : take(std::size_t{1} << (first - 0xc4))) count = count << 8 | part;
    return take(count);
  }

  ByteView rest() const { return bytes_; }

 private:
  ByteView bytes_;
};

/// The value of a member that is a plain text; ids of Colyseus have no escapes.
std::string text_member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string{name} + "\":\"";
  const std::size_t at = json.find(key);
  const std::size_t start = at + key.size();
  const std::size_t end = at == std::string_view::npos ? at : json.find('"', start);
  if (end == std::string_view::npos) {
    throw DialectError("the server's matchmaker gives no " + std::string{name} + ": " +
                       std::string{json.substr(0, 200)});
  }
  return std::string{json.substr(start, end - start)};
}

}  // namespace

ColyseusSeat ColyseusSeat::parse(std::string_view json) {
  return {text_member(json, "processId"), text_member(json, "roomId"), text_member(json, "sessionId")};
}

void ColyseusDialect::prepare(const std::string& address) {
  host_ = address;
  take(ColyseusSeat::parse(http_post(address, "/matchmake/joinOrCreate/bench", "{}")));
}

void ColyseusDialect::open(OutputBuffer& out) {
  const std::string path = "/" + seat_.process_id + "/" + seat_.room_id + "?sessionId=" + seat_.session_id;
  WebSocketReader::write_upgrade(out, path, host_);
}

void ColyseusDialect::read(ByteView input, OutputBuffer& out, DialectEvents& events) {
  websocket_.read(
      input, out, [] {},
      [&](std::uint8_t kind, ByteView message) {
        if (kind != opcode::binary) throw DialectError("the server sent a text message");
        on_message(message, out, events);
      });
}

void ColyseusDialect::on_message(ByteView message, OutputBuffer& out, DialectEvents& events) {
  Reader reader{message};
  const std::uint8_t first = reader.byte();
  if (first == code::room_response && is_open_) {
    const std::uint64_t id = reader.number();
    const bool is_ok = reader.byte() == status_ok;
    events.on_answer(id, is_ok, is_ok ? reader.binary() : reader.rest());
  } else if (first == code::room_data && is_open_) {
    const std::string_view route = reader.route();
    events.on_push(route, reader.binary());
  } else if (first == code::room_data_bytes && is_open_) {
    const std::string_view route = reader.route();
    events.on_push(route, reader.rest());
  } else if (first == code::join_room && !is_open_) {
    // Tokens and the state's form follow; a room without state needs none of them. The client says that it
    // is ready with the same code.
    Head{code::join_room}.write_with({}, out);
    is_open_ = true;
    events.on_opened();
  } else if (first == code::error || first == code::leave_room) {
    throw DialectError("the server refused the seat in its room, or took it back");
  } else if (first != code::ping) {
    throw DialectError("the server sent a message of unknown kind, " + std::to_string(first));
  }
}

void ColyseusDialect::write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                                    ByteView payload) {
  Head head{code::room_request};
  head.put_number(id);
  head.put_route(route);
  head.put_binary_header(payload.size());
  head.write_with(payload, out);
}

void ColyseusDialect::write_notify(OutputBuffer& out, std::string_view route, ByteView payload) {
  Head head{code::room_data};
  head.put_route(route);
  head.put_binary_header(payload.size());
  head.write_with(payload, out);
}

}  // namespace nano::benchmark
