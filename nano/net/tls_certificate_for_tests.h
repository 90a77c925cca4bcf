// Internal header. For tests: a self-signed certificate and its key, made on the spot, in files of their own.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <stdlib.h>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace nano {

/// For the name "localhost", valid from now for a day; trusted by a client that is given `certificate_file`.
/// The files are removed with the object.
class TestCertificate {
 public:
  enum class Key { p256, rsa2048 };

  explicit TestCertificate(Key kind = Key::p256) {
    std::string pattern = (std::filesystem::temp_directory_path() / "nano-tls-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for the test certificate");
    folder_ = pattern;
    certificate_file = folder_ / "certificate.pem";
    key_file = folder_ / "key.pem";
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{generate(kind), &EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{X509_new(), &X509_free};
    fill(certificate.get(), key.get());
    write(certificate_file, [&](FILE* file) { return PEM_write_X509(file, certificate.get()); });
    write(key_file, [&](FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~TestCertificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  std::filesystem::path certificate_file;
  std::filesystem::path key_file;

 private:
  static EVP_PKEY* generate(Key kind) { return kind == Key::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048); }

  static void fill(X509* certificate, EVP_PKEY* key) {
    constexpr long day_s = 24 * 60 * 60;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -day_s);  // clocks of test machines are not exact
    X509_gmtime_adj(X509_getm_notAfter(certificate), day_s);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    if (!X509_sign(certificate, key, EVP_sha256()))
      throw std::runtime_error("cannot sign the test certificate");
  }

  template <class Write>
  static void write(const std::filesystem::path& path, Write write_to) {
    const std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen(path.c_str(), "w"), &std::fclose};
    if (!file || write_to(file.get()) != 1) throw std::runtime_error("cannot write " + path.string());
  }

  std::filesystem::path folder_;
};

}  // namespace nano
