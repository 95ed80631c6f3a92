#!/usr/bin/perl
# make_test_city.pl nested|flat OUT.mmdb: the city files of geo_test.cpp, from documentation ranges only.
# Needs Debian's libmaxmind-db-writer-perl. geo_test.cpp holds the result as base64.
use strict; use warnings; use MaxMind::DB::Writer::Tree;

my %types = (
    city => 'map', names => 'map', en => 'utf8_string', country => 'map', iso_code => 'utf8_string', location => 'map',
    latitude => 'double', longitude => 'double', accuracy_radius => 'uint16', subdivisions => ['array', 'map'],
);
my %flat_types = (city => 'utf8_string', country_code => 'utf8_string', state1 => 'utf8_string', latitude => 'float', longitude => 'float');
my ($schema, $out) = @ARGV;
my $is_flat = $schema eq 'flat';
my $tree = MaxMind::DB::Writer::Tree->new(
    ip_version => 6, record_size => 24, database_type => "Test-City-$schema", languages => ['en'], description => {en => 'test'},
    map_key_type_callback => sub { $is_flat ? $flat_types{$_[0]} : $types{$_[0]} }, remove_reserved_networks => 0);
sub add {
    my ($network, $city, $state, $country, $latitude, $longitude) = @_;
    $tree->insert_network($network, $is_flat
        ? {city => $city, state1 => $state, country_code => $country, latitude => $latitude, longitude => $longitude}
        : {city => {names => {en => $city}}, country => {iso_code => $country}, subdivisions => [{names => {en => $state}}],
           location => {latitude => $latitude, longitude => $longitude, accuracy_radius => 20}});
}
add('192.0.2.0/25', 'Amsterdam', 'North Holland', 'NL', 52.37, 4.90);
add('2001:db8:1::/48', 'Berlin', 'Berlin', 'DE', 52.52, 13.40);
open my $file, '>:raw', $out or die; $tree->write_tree($file); close $file;
