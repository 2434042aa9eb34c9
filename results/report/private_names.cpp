#include "results/report/private_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <utility>

namespace ipcbench {
namespace {

constexpr std::size_t kShortestSearchable = 3;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool ends_path(char c) {
  return std::string_view(" \t\n\r\"'`<>|;,()[]{}").find(c) != std::string_view::npos;
}
bool may_precede_path(char c) { return ends_path(c) || c == '=' || c == ':'; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

// Where `name` stands as a whole word at or after `from`. A name that begins or ends with another character
// than a word's has no boundary there.
std::size_t find_word(std::string_view text, std::string_view name, std::size_t from = 0) {
  for (std::size_t at = text.find(name, from); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || !is_word(name.front()) || !is_word(text[at - 1]);
    const bool ends = end == text.size() || !is_word(name.back()) || !is_word(text[end]);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

void replace_words(std::string& text, const std::string& name, std::string_view instead, bool any_case) {
  const std::string wanted = any_case ? lower(name) : name;
  for (std::size_t at = 0;; at += instead.size()) {
    at = find_word(any_case ? lower(text) : text, wanted, at);
    if (at == std::string::npos) return;
    text.replace(at, name.size(), instead);
  }
}

// The length of the longest known folder with which `text` begins; it may hold spaces.
std::size_t known_folder(std::string_view text, const PrivateNames& names) {
  std::size_t longest = 0;
  for (const std::string& path : names.paths) {
    const bool whole =
        text.size() == path.size() || (text.size() > path.size() && !is_word(text[path.size()]));
    if (whole && text.starts_with(path)) longest = std::max(longest, path.size());
  }
  return longest;
}

// The length of the absolute path at the beginning of the text, 0 if there is none to hide. The full stop
// and the colon of a sentence are not part of it.
std::size_t path_length(std::string_view text, const PrivateNames& names) {
  const bool is_home = text.starts_with("~/");
  if (!is_home && !text.starts_with('/')) return 0;
  constexpr std::array<std::string_view, 4> kOfEveryLinux{"/proc/", "/sys/", "/dev/", "/etc/"};
  const std::size_t known = known_folder(text, names);
  const auto is_prefix = [&](std::string_view folder) { return text.starts_with(folder); };
  if (known == 0 && std::ranges::any_of(kOfEveryLinux, is_prefix)) return 0;
  std::size_t end = known;
  while (end < text.size() && !ends_path(text[end])) ++end;
  while (end > known && (text[end - 1] == '.' || text[end - 1] == ':')) --end;
  const std::size_t name_at = is_home ? 2 : 1;
  const bool has_name = end > name_at && (is_word(text[name_at]) || text[name_at] == '.');
  return has_name ? end : 0;
}

std::string without_paths(std::string_view text, const PrivateNames& names) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || may_precede_path(text[at - 1]);
    const std::size_t length = begins ? path_length(text.substr(at), names) : 0;
    if (length == 0) {
      result += text[at++];
    } else {
      result += kInsteadOfPath;
      at += length;
    }
  }
  return result;
}

// "/home/ann/bin/x" names the user ann.
void add_user_of(const std::filesystem::path& path, std::vector<std::string>& users) {
  const std::vector<std::string> parts(path.begin(), path.end());
  for (std::size_t i = 1; i + 2 < parts.size(); ++i) {
    if (parts[i] == "home" || parts[i] == "Users") return users.push_back(parts[i + 1]);
  }
}

// Folders in which programs are on every machine say nothing about this one.
void add_folder_of(const std::filesystem::path& path, PrivateNames& names) {
  constexpr std::array<std::string_view, 5> kUsual{"/", "/usr/bin", "/usr/local/bin", "/bin", "/opt"};
  if (!path.is_absolute()) return;
  add_user_of(path, names.users);
  const std::string folder = path.parent_path().string();
  if (std::ranges::find(kUsual, folder) == kUsual.end()) names.paths.push_back(folder);
}

void add_words(std::string_view text, std::set<std::string>& words) {
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += c;
    } else if (!word.empty()) {
      words.insert(lower(std::exchange(word, {})));
    }
  }
  if (!word.empty()) words.insert(lower(word));
}

// The words of names that every report of these mechanisms has: cells, settings, facts.
std::set<std::string> vocabulary_of(const Report& report) {
  // Among them those of the placeholders, which would be replaced in turn.
  std::set<std::string> words{"host",    "user",     "path",     "machine",
                              "unknown", "ipcbench", "producer", "consumer"};
  constexpr std::array<std::string_view, 4> kOfManufacturers{"distribution", "cpu_model", "architecture",
                                                             "libc"};
  for (const Fact& fact : report.host) {
    add_words(fact.name, words);
    if (std::ranges::find(kOfManufacturers, fact.name) != kOfManufacturers.end())
      add_words(fact.value, words);
  }
  for (const MechanismInfo& info : report.mechanisms) add_words(info.name, words);
  for (const auto* omissions : {&report.skipped, &report.failed}) {
    for (const Omission& each : *omissions) add_words(each.cell, words);
  }
  for (const ReportCell& cell : report.cells) {
    add_words(cell.name, words);
    words.insert(lower(cell.cell.mechanism));
    for (const auto& [name, value] : cell.launches.front().measurement.settings) add_words(name, words);
  }
  return words;
}

void keep_searchable(std::vector<std::string>& names, const std::set<std::string>& vocabulary,
                     std::vector<std::string>& unsearchable) {
  std::ranges::sort(names, [](const auto& a, const auto& b) {
    return a.size() > b.size() || (a.size() == b.size() && a < b);
  });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const char* everywhere : {"", "root", "localhost", "(none)"}) std::erase(names, everywhere);
  std::erase_if(names, [&](const std::string& name) {
    const bool hidden = name.size() < kShortestSearchable || vocabulary.contains(lower(name));
    if (hidden) unsearchable.push_back(name);
    return hidden;
  });
}

}  // namespace

std::string public_host_name(const ReportFrame& report) {
  constexpr std::size_t kDigits = 8;
  const auto id = std::ranges::find(report.host, "machine_id", &Fact::name);
  return "machine-" + (id == report.host.end() ? "unknown" : id->value.substr(0, kDigits));
}

PrivateNames private_names_of(const ReportFrame& report) {
  PrivateNames names;
  const std::string& host = report.context.host_name;
  if (host != public_host_name(report)) names.hosts = {host, host.substr(0, host.find('.'))};
  add_folder_of(report.context.executable, names);
  for (const std::string& argument : report.session.command)
    add_folder_of(argument.substr(argument.find('=') == std::string::npos ? 0 : argument.find('=') + 1),
                  names);
  return names;
}

std::vector<std::string> users_of_homes(std::string_view text) {
  constexpr std::string_view kHomes = "/home/";
  std::vector<std::string> users;
  for (std::size_t at = text.find(kHomes); at != std::string_view::npos; at = text.find(kHomes, at)) {
    at += kHomes.size();
    std::size_t end = at;
    while (end < text.size() && text[end] != '/' && text[end] != '\\' && !ends_path(text[end])) ++end;
    while (end > at && (text[end - 1] == '.' || text[end - 1] == ':')) --end;  // of a sentence
    if (end > at) users.emplace_back(text.substr(at, end - at));
  }
  return users;
}

PrivateNames searchable_names(const Report& report, const PrivateNames& others) {
  PrivateNames names = private_names_of(report);
  if (report.context.host_name != public_host_name(report)) {
    names.hosts.insert(names.hosts.end(), others.hosts.begin(), others.hosts.end());
    names.users.insert(names.users.end(), others.users.begin(), others.users.end());
    names.paths.insert(names.paths.end(), others.paths.begin(), others.paths.end());
  }
  std::erase(names.paths, "/");
  std::erase(names.paths, "");
  const std::set<std::string> vocabulary = vocabulary_of(report);
  keep_searchable(names.hosts, vocabulary, names.unsearchable);
  keep_searchable(names.users, vocabulary, names.unsearchable);
  return names;
}

std::string without_names(std::string_view text, const PrivateNames& names) {
  std::string result = without_paths(text, names);
  for (const std::string& host : names.hosts) replace_words(result, host, kInsteadOfHost, true);
  for (const std::string& user : names.users) replace_words(result, user, kInsteadOfUser, false);
  return result;
}

std::optional<std::string> name_in(std::string_view text, const PrivateNames& names) {
  const std::string lowered = names.hosts.empty() ? "" : lower(text);
  for (const std::string& host : names.hosts) {
    if (find_word(lowered, lower(host)) != std::string::npos) return host;
  }
  for (const auto* exact : {&names.users, &names.paths}) {
    for (const std::string& name : *exact) {
      if (find_word(text, name) != std::string::npos) return name;
    }
  }
  return std::nullopt;
}

}  // namespace ipcbench
