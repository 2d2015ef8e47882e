"""Where the press writes from and whom it takes reports from: what may open a dateline by itself.

A place that is missing here is still one with a date or an agency behind it, or in capitals. The spellings are those of
English, Spanish, Portuguese, French, German and Italian. Names that are words as well (Nice, Essen) are left out.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.casefold().split()) for name in text.split(","))


PLACES = _names(
    """
    abidjan, abu dhabi, abuja, acapulco, accra, addis ababa, addis abeba, adís abeba, alger, algier, algiers,
    alicante, amman, amsterdam, ankara, antofagasta, arequipa, argel, assunção, asunción, atenas, atene, athen,
    athens, athènes, atlanta, auckland, austin, bagdad, bagdá, baghdad, baku, bakú, bamako, bangalore, bangkok,
    barcelona, barinas, barquisimeto, barranquilla, basel, beijing, beirut, beirute, belfast, belgrad, belgrade,
    belgrado, belo horizonte, belém, bengaluru, berlim, berlin, berlino, berlín, bern, berna, berne, beyrouth,
    bilbao, birmingham, bogota, bogotá, bologna, bonn, bordeaux, boston, braga, brasilia, brasília, bremen,
    bruselas, brussels, bruxelas, bruxelles, brüssel, bucaramanga, bucarest, bucharest, budapest, buenos aires,
    bukarest, cairo, cali, campinas, cancún, cape town, caracas, cartagena, chicago, chisinau, cidade do méxico,
    città del vaticano, ciudad bolívar, ciudad de guatemala, ciudad de méxico, ciudad de panamá, ciudad del
    vaticano, ciudad guayana, ciudad juárez, cochabamba, coimbra, cologne, colombo, copenhagen, copenhague,
    cuenca, cuiabá, culiacán, cumaná, curitiba, cusco, córdoba, cúcuta, dakar, dallas, damas, damasco, damascus,
    damaskus, davos, delhi, denver, detroit, dhaka, doha, donetsk, dortmund, dresden, dubai, dublin, dublín,
    dubái, düsseldorf, edinburgh, el cairo, eriwan, estambul, estocolmo, estrasburgo, firenze, florianópolis,
    fortaleza, frankfurt, frankfurt am main, freiburg, gaza, gaza city, genebra, geneva, genf, genève,
    georgetown, gerusalemme, ginebra, ginevra, glasgow, goiânia, goma, granada, graz, guadalajara, guarenas,
    guatemala, guayaquil, hamburg, hannover, hanoi, harare, havana, havanna, helsinki, hiroshima, hong kong,
    houston, il cairo, innsbruck, islamabad, istambul, istanbul, jakarta, jartum, jerusalem, jerusalém,
    jerusalén, johannesburg, johannesburgo, jérusalem, kaboul, kabul, kairo, kampala, karachi, karlsruhe,
    kathmandu, khartoum, kiel, kiev, kiew, kigali, kingston, kinshasa, kopenhagen, kuala lumpur, kuwait city,
    kyiv, köln, la habana, la havane, la paz, la plata, la rioja, lagos, las vegas, lausanne, le caire, leipzig,
    lille, lima, lisboa, lisbon, lisbonne, lissabon, ljubljana, london, londra, londres, los angeles, los
    teques, los ángeles, luanda, luxembourg, luxemburg, luxemburgo, lyon, maceió, madrid, magdeburg, mailand,
    mainz, managua, manaus, manchester, manila, manta, maputo, maracaibo, maracay, marseille, marsella, maturín,
    medellín, melbourne, mendoza, mexicali, mexico, mexico city, miami, milan, milano, milán, minneapolis,
    minsk, mogadishu, monaco di baviera, monterrey, montevideo, montevidéu, montpellier, montreal, montréal,
    mosca, moscou, moscow, moscú, moskau, mumbai, munich, munique, murcia, málaga, mérida, méxico, múnich,
    münchen, naciones unidas, nairobi, nantes, naples, napoli, nations unies, nações unidas, neu-delhi, new
    delhi, new york, nicosia, nikosia, nova délhi, nova iorque, nova york, nueva delhi, nueva york, nuuk,
    nürnberg, oaxaca, oruro, oslo, ottawa, oviedo, pamplona, panama city, panamá, parigi, paris, parís, pechino,
    peking, pekín, pequim, perth, philadelphia, porlamar, port of spain, port-au-prince, portland, porto, porto
    alegre, potosí, potsdam, prag, praga, prague, pretoria, puebla, puerto españa, puerto la cruz, puerto ordaz,
    puerto príncipe, punta arenas, pyongyang, pékin, quito, rabat, ramala, ramallah, rangoon, recife, rennes,
    reykjavik, riad, riga, rio, rio de janeiro, riyadh, rom, roma, rome, rosario, rostock, rotterdam, río de
    janeiro, saarbrücken, salzburg, san cristóbal, san diego, san francisco, san josé, san juan, san pablo, san
    petersburgo, san salvador, sanaa, santa cruz de la sierra, santander, santiago, santiago de chile, santo
    domingo, sarajevo, schwerin, seattle, seoul, seul, sevilla, seúl, shanghai, shanghái, singapore, singapur,
    singapura, st. petersburg, stockholm, strasbourg, straßburg, stuttgart, sucre, sydney, são paulo, sídney,
    taipei, taipéi, tallinn, taschkent, tbilisi, teerã, tegucigalpa, teheran, teherán, tehran, tel aviv, tiflis,
    tijuana, tirana, tokio, tokyo, torino, toronto, toulouse, tripoli, tripolis, trípoli, tucumán, tunis, turin,
    téhéran, tóquio, túnez, ulan bator, united nations, valencia, valparaíso, vancouver, varsovia, varsovie,
    varsóvia, vatican city, vatikanstadt, venecia, venezia, venice, veracruz, vereinte nationen, viena, vienna,
    vienne, vigo, vilnius, vitória, warsaw, warschau, washington, washington d.c., washington dc, wellington,
    wien, wiesbaden, windhoek, wolfsburg, wuhan, xangai, yangon, yaoundé, yerevan, zagreb, zaragoza, zurich,
    zúrich, zürich, ámsterdam
    """
)

AGENCIES = _names(
    """
    aa, aap, abi, accesswire, aci prensa, acn, adnkronos, aei, afp, afx, agencia efe, agencias, agencies,
    agenturen, agenzie, agerpres, agi, agência brasil, agência estado, agências, anadolu, andina, ani, anp,
    ansa, ap, apa, aps, askanews, associated press, ats, avn, awp, azertac, bbc, belga, belta, bernama,
    bloomberg, bns, bta, business wire, cana, cmc, cna, cnn, cnn brasil, cnn español, cns, colprensa, cp, ctk,
    d.p.a., dapd, ddp, dow jones, dpa, dpa-afx, dpa-tmn, dts, dw, efe, efe verde, epd, ergo, estadão conteúdo,
    eurasianet, europa press, fides, folhapress, globe newswire, globenewswire, gmanews, gna, hina, ians, inter
    press service, interfax, ips, irna, isna, italpress, itar-tass, jiji, jta, kcna, keystone-sda, kna, kuna,
    kyodo, la presse canadienne, lapresse, lusa, mna, mti, newsfile, newsfile corp, notimex, ntb, ots, pap, pr
    newswire, prensa latina, press association, prnewswire, pti, qna, reuters, rfe/rl, rfi, ria novosti, ritzau,
    rtr, sanews, sda, sda-ats, sid, spa, sputnik, stt, swissinfo, tanjug, tass, telam, the canadian press,
    thomson reuters foundation, tmn, tns, tribune news service, tsa, tt, télam, ukrinform, unb, unian, upi, vna,
    voa, wafa, xinhua, yonhap, zenit, čtk
    """
)

PARTICLES = _names(
    "am, an, and, da, das, de, del, der, di, do, dos, e, el, im, la, las, le, los, of, sous, sur, upon, y"
)
"""Words that are written small within the name of a place, and within a date."""

LABELS = _names(
    """
    abo, advertisement, analisi, analyse, analysis, anuncio, anzeige, análise, análisis, aviso, bilder,
    breaking, bulletin, carte, cartes, comentario, comment, commentary, commento, corrección, correction,
    critique, crítica, direct, directo, diretta, décryptage, editor's, editorial, eilmeldung, enquête,
    entretien, entrevista, esclusiva, exclusif, exclusiva, exclusive, exclusivo, exklusiv, explainer, faq,
    feature, flash, fotos, galería, grafik, gráfico, hintergrund, images, important, info, infographie,
    infographies, interview, intervista, karte, kolumne, kommentar, live, mapa, mapas, meinung, news, nota,
    note, noticia, opinion, opinione, opinião, opinión, photos, plus, podcast, portrait, preguntas, premium,
    preview, pro, publicidad, q&a, quiz, radio, recap, record, reportage, reportaje, review, récit, spoiler,
    sponsored, test, ticker, tribune, trigger, tv, témoignage, témoignages, update, updated, updates, urgent,
    urgente, video, vidéo, vivo, vídeo, warning, watch, última, último
    """
)
"""Words that outlets put in capitals before a dash, and that are no places."""
