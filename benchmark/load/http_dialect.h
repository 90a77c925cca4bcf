// Internal header. HttpDialect: GET requests over one connection that is kept (HTTP/1.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "benchmark/load/dialect.h"

namespace nano::benchmark {

/// Each request asks for the settings' path; route and payload of it are ignored. An answer is status 200
/// with a Content-Length of the settings' `body_bytes`, and counts when its last byte has come; it is told
/// with an empty payload, as bodies are counted and not kept. All else is a DialectError. The connection is
/// open once a first request is answered. Answers come in the order of the requests, which may be several.
class HttpDialect final : public Dialect {
 public:
  /// Of the status line and the headers of an answer. Longer ones are an error.
  static constexpr std::size_t head_bytes_max = 16 * 1024;

  explicit HttpDialect(const DialectSettings& settings)
      : path_(settings.path), body_bytes_(settings.body_bytes) {}

  void prepare(const std::string& address) override;
  void open(OutputBuffer& out) override;
  void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) override;
  void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                     protocol::ByteView payload) override;
  /// Throws DialectError: HTTP has none.
  void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) override;

 private:
  bool take_head(protocol::ByteView& input);
  void check_head(std::string_view head) const;
  void on_answered(DialectEvents& events);

  const std::string path_;
  const std::size_t body_bytes_;
  std::string request_;
  std::string head_;  // the beginning of one that is not whole yet
  bool in_body_ = false;
  std::size_t body_bytes_left_ = 0;
  bool opened_ = false;
  std::deque<std::uint64_t> awaited_;
};

}  // namespace nano::benchmark
