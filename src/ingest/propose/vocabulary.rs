//! The words by which shops name columns, in the languages of shops: English, German, French, Spanish, Italian,
//! Portuguese, Dutch, Polish, Swedish, Danish, Norwegian, Finnish, Turkish and Russian, and the usual heads of Japanese, Korean and Chinese exports.
//!
//! All are written as they are compared: in lower case, without accents.

use crate::ingest::layout::Role;

/// The words of a role, parted by spaces.
pub(super) struct Vocabulary {
    /// Words that name the role where they stand as a word.
    pub(super) whole: &'static str,
    /// Words that do so within longer words too.
    pub(super) parts: &'static str,
}

/// The words of each role.
#[allow(clippy::too_many_lines, reason = "a list, as long as roles and languages make it")]
pub(super) fn vocabulary(role: Role) -> Vocabulary {
    let (whole, parts) = match role {
        Role::Time => (
            "purchased bought ordered gekauft bestellt ts at when dt zeit datum fecha data dato pvm tid tijd aika czas zaman momento instant dia jour dag \
             注文日 注文日時 購入日 購入日時 日付 日時 주문일 주문일자 주문일시 구매일 구매일자 날짜 일자 日期 时间 订单日期 订单时间 下单时间 下单日期 購買日期",
            "time date timestamp created occurred zeitpunkt zeitstempel horodatage tidpunkt tidspunkt tijdstip paivays paivamaara \
             tarih дата время",
        ),
        Role::User => (
            "uid who cid cus cust email mail cookie phone telefon telefono telefone lid uye kund nutzer compte cuenta \
             conta konto socio socia foyer hogar hushall alici kunde kunden abonne \
             顧客id 顧客番号 顧客コード 会員id 会員番号 ユーザーid ユーザid 고객id 고객번호 회원id 회원번호 사용자id 用户id 客户id 会员id 用户编号 客户编号 顧客編號",
            "user customer visitor client member shopper buyer account patient player subscriber consumer patron \
             email household distinctid pseudoid visid anonymousid profileid deviceid haushalt benutzer besucher mitglied \
             kaufer kaeufer utilisateur acheteur visiteur adherent usuario usuaria comprador visitante utente \
             acquirente visitatore utilizador klant gebruiker bezoeker koper klient uzytkownik kupujacy nabywca \
             anvandare besokare kopare medlem bruger bruker kober kjoper asiakas kayttaja ostaja kavija \
             loyaltycard loyaltyid cardholder kundenkarte \
             musteri kullanici ziyaretci клиент покупатель пользователь посетитель заказчик",
        ),
        Role::Event => (
            "verb behavior behaviour evento handling azione accion acao actie akcja olay eylem",
            "event action activity behaviortype behaviourtype aktion interaction ereignis evenement gebeurtenis zdarzenie handelse haendelse \
             hendelse tapahtuma событие действие",
        ),
        Role::Item => (
            "sku pid prod asin isbn ean gtin upc barcode movie film track book song game hotel course recipe business listing \
             variant ware vare vara urun stok \
             商品id 商品コード 商品番号 品番 상품id 상품번호 상품코드 商品编号 商品编码 产品id 产品编号 商品編號",
            "item product article artikel produkt producto produit stockcode goods movieid bookid articulo prodotto \
             articolo produto artigo towar tuote varenr varenummer товар продукт артикул",
        ),
        Role::Transaction => (
            "receipt basket ticket txn trans bon beleg pedido orden bestell bestel fis чек \
             注文番号 注文id 受注番号 주문번호 주문id 订单号 订单编号 订单id 訂單編號",
            "transaction order invoice bestellung basketid chargeid paymentid checkoutid rechnung auftrag commande facture \
             factura boleta ordine fattura scontrino encomenda fatura bestelling factuur zamowieni faktura paragon \
             kvitto ordre kvittering tilaus kuitti siparis заказ накладная",
        ),
        Role::Price => (
            "cost paid dollars usd eur euro euros gbp pris cena summa precio valor hinta belop tutar \
             単価 価格 販売価格 金額 금액 金额 단가 가격 판매가 单价 价格 單價",
            "price amount value preis revenue betrag spend sales prix montant importe monto prezzo importo preco prijs \
             bedrag kwota belopp belob yksikkohinta fiyat цена сумма стоимость",
        ),
        // Words that speak of money at once, which a rate or the day of a refund does not.
        Role::Discount => (
            "",
            "discountamount discounttotal orderdiscount cartdiscount rabattbetrag montantremise importedescuento \
             importosconto valordesconto kortingsbedrag kwotarabatu rabattbelopp rabatbelob rabattbelop alennussumma \
             indirimtutari",
        ),
        Role::Refunded => (
            "",
            "refundedamount amountrefunded refundamount totalrefunded refundedtotal refundtotal erstatteterbetrag \
             erstattungsbetrag montantrembourse importereembolsado importorimborsato valorreembolsado",
        ),
        Role::Shipping => (
            "shipping freight postage versandkosten versand frete frakt fragt доставка",
            "shippingcost ordershipping shippingamount shippingtotal shippinghandling shippingcharge fraisdeport \
             fraisdelivraison gastosdeenvio spesedispedizione verzendkosten kosztdostawy toimituskulut kargoucreti",
        ),
        Role::Tax => (
            "taxes tax vat mwst ust steuer taxe tva impuestos iva imposta impostos btw podatek moms mva alv vero kdv ндс налог",
            "taxamount ordertax totaltax taxtotal linetax carttax mwstbetrag steuerbetrag montanttva importeiva vatamount",
        ),
        Role::Updated => (
            "updated modified aktualisiert geandert modifie modificado actualizado aggiornato atualizado bijgewerkt \
             zaktualizowano uppdaterad andrad opdateret oppdatert paivitetty guncellendi обновлено изменено",
            "updatedat lastmodified modifiedat datemodified lastupdate lastchange anderungsdatum modificadoel",
        ),
        Role::AnonymousUser => (
            "",
            "anonymousid anonymoususer anonymoususerid anonid clientid cookieid deviceid distinctid pseudoid visitorid fullvisitorid visid mcvisid",
        ),
        Role::Currency => (
            "devise moneda valuta waluta valuutta moeda doviz",
            "currency wahrung waehrung currencycode parabirimi валюта",
        ),
        Role::Total => (
            "revenue sales value turnover spend gross brutto umsatz sum gmv dollars dollar euros euro pounds suma summa summe totale totaal totalt yhteensa toplam razem omzet итого \
             金額 小計 合計 合計金額 売上 금액 합계 결제금액 매출 金额 总价 总额 合计 总金额",
            "total amount betrag subtotal lineprice gesamtbetrag gesamtpreis gesamt wartosc выручка",
        ),
        Role::Clock => (
            "time clock hour uhrzeit heure hora ora tid tijd godzina klo kello saat klokkeslett klokkeslaet",
            "timeofday orario время",
        ),
        Role::Status => {
            ("status state statut etat estado stato situacao stan tila durum zustand статус состояние", "status")
        }
        Role::Quantity => (
            "qty count menge anzahl units pieces pcs cantidad antal antall aantal stuck stueck stk qte qta qtd qtde nombre \
             unidades pezzi szt sztuk kpl adet miktar maara кол шт \
             数量 個数 수량 개수 个数 數量",
            "quantity menge quantite quantita quantidade hoeveelheid ilosc stuckzahl количество колво",
        ),
        Role::Session => ("sid visit besuch", "session sitzung sessie istunto oturum сессия"),
        Role::Category | Role::CategoryId => (
            "cat department rayon seccion reparto dzial afdeling avdelning osasto",
            "category kategori kategorie warengruppe categorie categoria kategoria категория",
        ),
        // Their names are compared as they are: see `items`.
        // Their own words tell them: `items`, `customers`.
        _ => ("", ""),
    };
    Vocabulary { whole, parts }
}

/// What ends the name of an id.
pub(super) const IDS: &str = "id ids no nr key code number num nummer numer numero kod kodu uuid guid hash номер код";
/// What begins the name of an id, as in `id_cliente` and `numero de commande`.
pub(super) const IDS_BEFORE: &str = "id n no nº numero numer code codigo cod codice kod номер код";

/// Words of times that are not when something happened in the shop.
pub(super) const NOT_WHEN: &str = "updated modified deleted cancelled canceled shipped delivered delivery estimated expires \
    expiry birth birthday birthdate signup registered registration approved limit deadline due since refunded refund \
    fulfilled settled transfer transferred disputed dispute sent received uuid start end first last geburtsdatum geburts geandert \
    exported export exportiert imported review reviewed answered answer dob born anniversary \
    aktualisiert versendet geliefert liefer lieferung livraison expedition naissance envio entrega nacimiento consegna \
    spedizione nascita levering verzonden geboorte dostawy wysylki urodzenia leverans fodelse toimitus teslimat dogum \
    доставки рождения";

/// Words of what is told about a customer, an item or an event beside who or what it is.
pub(super) const OF_A_THING: &str = "time date session category price name brand at value status city zip age gender country \
    state income size agent ip type segment since group tier address rating count score comment description title color \
    weight quantity qty amount total discount tax cost street note notes image url currency method language \
    locale first last firstname lastname company region preis menge betrag bezeichnung beschreibung gruppe \
    klasse ort strasse plz land stadt prix nom prenom ville pays libelle designation quantite precio nombre apellido ciudad \
    pais cantidad descripcion prezzo nome cognome citta paese quantita descrizione preco cidade quantidade descricao prijs \
    naam plaats aantal omschrijving cena nazwa imie nazwisko miasto ilosc opis pris namn ort antal beskrivning navn by \
    antall hinta nimi kaupunki maara kuvaus fiyat ad adi soyad sehir adet aciklama цена имя название город количество \
    наименование описание compare requires taxable fulfillment vendor";

/// What ends the name of a column that counts items or says what they cost.
pub(super) const COUNTS_OR_COSTS: &str = "quantity qty count menge anzahl quantite cantidad quantita quantidade aantal ilosc antal \
    antall maara adet количество price preis prix precio prezzo preco prijs cena pris hinta fiyat цена amount total cost \
    discount tax value betrag montant importe importo";

/// Words of an order's other columns.
pub(super) const OF_AN_ORDER: &str = "time date at status state total amount value price type name email currency discount tax \
    shipping qty quantity dow hour day days source channel note notes comment item items weight count subtotal fee \
    refund line datum zeit betrag summe preis menge rabatt status statut montant fecha \
    estado importe stato importo data valor bedrag kwota belopp belob belop summa tila tarih tutar durum дата статус сумма";

/// Words of what is told about shipping, taxes and discounts beside what they come to.
pub(super) const NO_MONEY: &str = "rate class percent percentage code id number nr no name method methods type zip postcode postal plz \
    phone address street city country state region province company first last firstname lastname date time status count \
    provider carrier tracking weight days reason title label lines line";

/// Heads of compounds, behind whatever tells of what they are.
pub(super) const HEADS: &str = "datum nummer preis status menge betrag summe zeit name nimi number numero naam namn navn prijs \
    date time price total type value group quantity numer дата номер hinta maara tid";

/// Heads of compounds that are so only behind a word that is known itself.
pub(super) const SHORT_HEADS: &str = "id nr no code key num kod";

/// How a visit is called.
pub(super) const SESSIONS: &str = "session sitzung visitid";

/// Names that may number orders where the rows say so, and say nothing by themselves.
pub(super) const NUMBERS_SOMETHING: &str = "name no nr number ref reference id num nummer numero numer n doc document dokument \
    documento belegnummer increment code key номер";

/// Words of times of a person's life, at which nothing happens in a shop.
pub(super) const OF_A_LIFE: &str = "birth birthday birthdate dob born geburtsdatum geburts naissance nacimiento nascita geboorte \
    urodzenia fodelse dogum рождения";

/// Words of counts of something else than what was bought: what is in store, in a package, on a page, at home.
pub(super) const NOT_BOUGHT: &str = "stock stocked inventory available availability onhand warehouse lager bestand \
    pack packs package packages packung box carton page pages photo photos image images picture pictures \
    children child kids kinder enfants hijos bambini people persons guests adults per min max minimum maximum reorder";

/// Words of numbers that are no amounts of money, wherever they stand.
pub(super) const NO_AMOUNT: &str = "no nr number num numero nummer id ids code key channel channels rep manager \
    region weight record rank score rating rate percent percentage status method";

/// Words of counts, at the end of a name.
pub(super) const COUNTS: &str = "items pieces units count qty quantity orders visits sessions customers users days";

/// Words of prices that are not what was paid.
pub(super) const NOT_PAID: &str = "cost costs list original msrp rrp uvp regular compare old was wholesale \
    einkauf einkaufs listen";
