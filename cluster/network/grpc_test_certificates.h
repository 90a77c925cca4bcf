// Internal header. For tests: an authority made on the spot, and one certificate that it signed.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace nano::cluster {

/// Made by the program openssl. Valid for a day, in files that are removed with the object. The certificate
/// is for a server of the given name, and for clients.
class TestCertificates {
 public:
  explicit TestCertificates(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-grpc-tls-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for the test certificates");
    folder_ = pattern;
    std::ofstream{folder_ / "names"} << "basicConstraints=CA:FALSE\nsubjectAltName=DNS:" << name << '\n';
    const std::string new_key = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl("req -x509 -days 1 -subj '/CN=test authority' -keyout ca_key.pem -out ca.pem" + new_key);
    openssl("req -subj '/CN=" + name + "' -keyout key.pem -out request.pem" + new_key);
    openssl(
        "x509 -req -days 1 -in request.pem -CA ca.pem -CAkey ca_key.pem -CAcreateserial"
        " -extfile names -out certificate.pem");
  }
  ~TestCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  std::string ca() const { return folder_ / "ca.pem"; }
  std::string certificate() const { return folder_ / "certificate.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

 private:
  void openssl(const std::string& arguments) const {
    const std::string command = "cd '" + folder_.string() + "' && openssl " + arguments + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }

  std::filesystem::path folder_;
};

}  // namespace nano::cluster
