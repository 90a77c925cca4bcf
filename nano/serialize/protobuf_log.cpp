#include "nano/serialize/protobuf_log.h"

#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

#include <google/protobuf/stubs/logging.h>

namespace nano {
namespace {

LogLevel level_of(google::protobuf::LogLevel level) {
  switch (level) {
    case google::protobuf::LOGLEVEL_INFO: return LogLevel::info;
    case google::protobuf::LOGLEVEL_WARNING: return LogLevel::warning;
    default: return LogLevel::error;
  }
}

LogOutlet& outlet() {
  static LogOutlet only;
  return only;
}

void write(google::protobuf::LogLevel level, const char* file, int line, const std::string& text) {
  if (outlet().write(level_of(level), "libprotobuf", file, line, text)) return;
  std::fprintf(stderr, "[libprotobuf %s:%d] %s\n", file, line, text.c_str());  // as if there were no Nano
}

LogOutlet& installed_outlet() {
  static std::once_flag installed;
  std::call_once(installed, [] { google::protobuf::SetLogHandler(&write); });
  return outlet();
}

}  // namespace

ProtobufLog::ProtobufLog(Log log) : lease_(installed_outlet(), std::move(log)) {}

}  // namespace nano
