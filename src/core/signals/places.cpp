#include "core/signals/places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace portcullis::signals {
namespace {

/// Land borders and the causeways BH-SA and MY-SG, each pair once, the lesser code first.
constexpr std::string_view kBorders =
    "ADES ADFR AEOM AESA AFCN AFIR AFPK AFTJ AFTM AFUZ ALGR ALME ALMK ALXK AMAZ AMGE AMIR AMTR AOCD AOCG "
    "AONA AOZM ARBO ARBR ARCL ARPY ARUY ATCH ATCZ ATDE ATHU ATIT ATLI ATSI ATSK AZGE AZIR AZRU AZTR BAHR "
    "BAME BARS BDIN BDMM BEDE BEFR BELU BENL BFBJ BFCI BFGH BFML BFNE BFTG BGGR BGMK BGRO BGRS BGTR BHSA "
    "BICD BIRW BITZ BJNE BJNG BJTG BNMY BOBR BOCL BOPE BOPY BRCO BRGF BRGY BRPE BRPY BRSR BRUY BRVE BTCN "
    "BTIN BWNA BWZA BWZM BWZW BYLT BYLV BYPL BYRU BYUA BZGT BZMX CAUS CDCF CDCG CDRW CDSS CDTZ CDUG CDZM "
    "CFCG CFCM CFSD CFSS CFTD CGCM CGGA CHDE CHFR CHIT CHLI CIGH CIGN CILR CIML CLPE CMGA CMGQ CMNG CMTD "
    "CNHK CNIN CNKG CNKP CNKZ CNLA CNMM CNMN CNMO CNNP CNPK CNRU CNTJ CNVN COEC COPA COPE COVE CRNI CRPA "
    "CZDE CZPL CZSK DEDK DEFR DELU DENL DEPL DJER DJET DJSO DOHT DZEH DZLY DZMA DZML DZMR DZNE DZTN ECPE "
    "EELV EERU EGIL EGLY EGPS EGSD EHMA EHMR ERET ERSD ESFR ESGI ESMA ESPT ETKE ETSD ETSO ETSS FINO FIRU "
    "FISE FRIT FRLU FRMC GAGQ GBIE GERU GETR GFSR GHTG GMSN GNGW GNLR GNML GNSL GNSN GRMK GRTR GTHN GTMX "
    "GTSV GWSN GYSR GYVE HNNI HNSV HRHU HRME HRRS HRSI HURO HURS HUSI HUSK HUUA IDMY IDPG IDTL ILJO ILLB "
    "ILPS ILSY INMM INNP INPK IQIR IQJO IQKW IQSA IQSY IQTR IRPK IRTM IRTR ITSI ITSM ITVA JOPS JOSA JOSY "
    "KESO KESS KETZ KEUG KGKZ KGTJ KGUZ KHLA KHTH KHVN KPKR KPRU KWSA KZRU KZTM KZUZ LAMM LATH LAVN LBSY "
    "LRSL LSZA LTLV LTPL LTRU LVRU LYNE LYSD LYTD LYTN MDRO MDUA MERS MEXK MFSX MKRS MKXK MLMR MLNE MLSN "
    "MMTH MNRU MRSN MWMZ MWTZ MWZM MXUS MYSG MYTH MZSZ MZTZ MZZA MZZM MZZW NAZA NAZM NENG NETD NGTD NORU "
    "NOSE OMSA OMYE PLRU PLSK PLUA QASA RORS ROUA RSXK RUUA RWTZ RWUG SAYE SDSS SDTD SKUA SSUG SYTR SZZA "
    "TJUZ TMUZ TZUG TZZM ZAZW ZMZW ";

}  // namespace

double great_circle_km(Point a, Point b) {
    constexpr double earth_radius_km = 6371.0;
    constexpr double radians         = std::numbers::pi / 180.0;

    const double sin_lat = std::sin((b.latitude - a.latitude) * radians / 2);
    const double sin_lon = std::sin((b.longitude - a.longitude) * radians / 2);
    const double h       = sin_lat * sin_lat + std::cos(a.latitude * radians) * std::cos(b.latitude * radians) * sin_lon * sin_lon;
    return 2 * earth_radius_km * std::asin(std::sqrt(std::min(h, 1.0)));
}

bool are_same_or_neighbours(std::string_view country, std::string_view other) {
    if (country.size() != 2 || other.size() != 2) return false;
    if (country == other) return true;
    if (other < country) std::swap(country, other);

    const std::array<char, 5> pair{country[0], country[1], other[0], other[1], ' '};
    for (auto rest = kBorders; rest.size() >= pair.size(); rest.remove_prefix(pair.size())) {
        if (rest.starts_with(std::string_view(pair.data(), pair.size()))) return true;
    }
    return false;
}

}  // namespace portcullis::signals
