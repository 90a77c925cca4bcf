#include "nano/http/events.h"

namespace nano {
namespace {

/// "name: text", line by line.
void append_field(std::string& event, std::string_view name, std::string_view text) {
  while (true) {
    const std::size_t end = text.find_first_of("\r\n");
    event.append(name).append(": ").append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    const bool is_pair = text[end] == '\r' && text.substr(end + 1).starts_with('\n');
    text.remove_prefix(end + (is_pair ? 2 : 1));
  }
}

void append_line(std::string& event, std::string_view name, std::string_view text) {
  if (!text.empty()) append_field(event, name, text.substr(0, text.find_first_of("\r\n")));
}

}  // namespace

HttpEvents::HttpEvents(HttpResponseWriter writer) : writer_(std::move(writer)) {
  HttpResponse head;
  head.add_header("Content-Type", "text/event-stream").add_header("Cache-Control", "no-store");
  writer_.start(std::move(head));
}

HttpResponseWriter::Wait HttpEvents::send(std::string_view data, const HttpEventFields& fields) {
  std::string event;
  append_line(event, "event", fields.event);
  append_line(event, "id", fields.id);
  append_field(event, "data", data);
  event += "\n";
  return writer_.write(std::string_view{event});
}

}  // namespace nano
